"""What a user can get wrong or the world can refuse."""


class BuildError(Exception):
    """Ends a command with one sentence: what is wrong, where, and what to do.

    The command line prints the message without a traceback and exits with 1.
    """
