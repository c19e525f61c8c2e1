"""Work that takes some seconds and has one right result."""

import hashlib
import time

from annotator.jobs.registry import WorkContext, work

STEPS = 40


def result_of(seed: str) -> str:
    """What the work ends with, however often it was begun."""
    digest = seed.encode()
    for _ in range(STEPS):
        digest = hashlib.sha256(digest).digest()
    return digest.hex()


@work("tests.slow")
def slow(context: WorkContext) -> dict[str, object]:
    for step in range(STEPS):
        context.report(100 * step // STEPS, f"step {step} of {STEPS}")
        time.sleep(0.1)
    return {"digest": result_of(context.parameters["seed"])}
