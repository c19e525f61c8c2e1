"""The database engine annotator.config.postgresql: Django's own, but for how it finds out if a connection lives."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's asks the server before the first query of each request; here the operating system is asked first."""

    def is_usable(self) -> bool:
        """Whether the server is still there.

        A server that ends says so, or its system closes the connection: either can be read before anything was asked.
        Nothing to be read means that nobody has ended it. Only a question could tell more, and the query that comes is
        one.
        """
        connection = self.connection
        if connection is None or connection.closed:
            return False
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        if not waiting.poll(0):
            return True
        return bool(super().is_usable())
