"""The page before there is a project: a new one from a folder of photographs, or one of those opened last."""
