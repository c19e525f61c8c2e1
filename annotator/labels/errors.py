"""What can be wrong with a label schema or with the answers given in it."""

from annotator.accounts.errors import InvalidError


class DefinitionError(InvalidError):
    """A schema's definition does not hold together; `path` points at the fault, e.g. "form.questions[2]"."""


class AnswerError(InvalidError):
    """Answers that their schema does not allow; `path` names the question, e.g. "answers.shape"."""
