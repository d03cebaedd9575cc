"""What the database parts raise: one message a person can act on."""


class DatabaseProblem(Exception):
    """The database cannot be used; the message names the thing, the reason and the next step."""
