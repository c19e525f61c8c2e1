"""What can be wrong with a label schema or with the answers given in it."""

from annotator.accounts.errors import InvalidError

LONGEST_MESSAGE = 800


def in_short(message: str) -> str:
    """Cut words that quote a whole value in the middle: nobody reads the second screen of one."""
    return message if len(message) <= 300 else f"{message[:150]} ... {message[-150:]}"


class _ShortError(InvalidError):
    """Words of a library or of a sent value are quoted, and those can be as long as what was sent."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message if len(message) <= LONGEST_MESSAGE else in_short(message), path)


class DefinitionError(_ShortError):
    """A schema's definition does not hold together; `path` points at the fault, e.g. "form.questions[2]"."""


class AnswerError(_ShortError):
    """Answers that their schema does not allow; `path` names the question, e.g. "answers.shape"."""
