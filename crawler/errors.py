"""What can go wrong in a way that a person has to act on. An expected outcome is a value, not one of these."""


class TearsheetError(Exception):
    """Root of the family. The command line prints the message and exits with `exit_code`."""

    exit_code = 1


class UsageError(TearsheetError):
    """Raised by the command line and the loaders of config and site files; the caller mends what it passed."""

    exit_code = 2


class LockHeldError(TearsheetError):
    """Raised by the data folder's lock; the caller waits for the run that is named, or stops it."""

    exit_code = 75


class DatabaseError(TearsheetError):
    """Raised by the storage engine: cannot open, wrong version, read-only, full; the message says what to run."""


class ArchiveError(TearsheetError):
    """Raised by the WARC archive when an append failed; nothing of that batch was acknowledged, so run again."""
