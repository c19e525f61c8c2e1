"""How work ends before its end."""


class WorkFailedError(Exception):
    """The work can't be done and trying again would not help; the message is the reason that people read."""


class JobCancelledError(BaseException):
    """Somebody cancelled the job.

    A BaseException, so that work which catches whatever goes wrong with one file does not swallow it.
    """


class LeaseLostError(BaseException):
    """The lease ran out and the job may already be somebody else's: this worker must stop and write nothing."""
