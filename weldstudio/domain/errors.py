"""Errors by blame: a `UserError` carries a sentence for the person; anything else is our own bug."""


class UserError(Exception):
    """Something a person can mend. `str(error)` is one sentence: what is wrong and what to do."""


class EditRefused(UserError):
    """An edit breaks a rule; nothing was changed."""


class SchemeError(EditRefused):
    """The flags, groups or merges would contradict each other."""


class RecipeError(UserError):
    """A training recipe holds an unknown key or an impossible value."""


class StoreError(UserError):
    """The project's store cannot be opened, read or written."""


class PhotoError(UserError):
    """An image file cannot be turned into pixels."""


class ImportRefused(UserError):
    """Photographs or labels cannot be brought in as asked; nothing was changed."""


class JobFailed(UserError):
    """A child process (engine, reader, training) could not do what it was asked."""


class DemoRefused(UserError):
    """The demo cannot be made where it was asked for."""
