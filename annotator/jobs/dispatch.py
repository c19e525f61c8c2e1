"""Send the messages that wake workers. The row is what counts: a message may be lost or arrive twice."""

import logging
import uuid

logger = logging.getLogger(__name__)


def send_message(job_id: uuid.UUID, queue: str) -> bool:
    """Tell the workers of a queue that a job waits; False when the broker did not take the message.

    Nothing is raised: the sweeper sends again what nobody picked up.
    """
    from annotator.jobs.tasks import run

    try:
        run.apply_async(args=(str(job_id),), queue=queue, retry=False)
    except Exception:
        logger.exception("The broker took no message for job %s; the sweeper will send it again.", job_id)
        return False
    return True
