"""The reader of printed lengths as the tables know it. Pure: the web process looks its results up."""

from annotator.assist.proposals import ModelIdentity

NAME = "printed-lengths"
# Another one when what it reads or refuses changes: then every picture is read anew.
VERSION = "1"


def length_reader_identity(content_hash: str) -> ModelIdentity:
    """docs/assist-evidence.md says how well it reads."""
    return ModelIdentity(
        name=NAME,
        version=VERSION,
        task="printed lengths",
        description="Reads lengths that a scanner printed into an ultrasound picture (PP-OCRv6 small, Apache 2.0).",
        content_hash=content_hash,
    )
