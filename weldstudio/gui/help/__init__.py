"""Help inside the window: the pages of `resources/help`, and the cheat sheet made from the live keys."""
