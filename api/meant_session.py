"""Sessions of the API: only for the person whom a page was made for."""

from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

PERSON_HEADER = "X-Person"


class MeantSession(SessionAuthentication):
    """The browser's session, unless the request says that it is meant to be somebody else's.

    A page stays open when another person signs in in the same browser, and goes on sending: what the first one drew
    must never be saved under the second one's name.
    """

    def authenticate(self, request: Request) -> tuple | None:
        """Return the session's person.

        Raises
        ------
        NotAuthenticated : the header X-Person names another person's number.
        """
        found = super().authenticate(request)
        meant = request.headers.get(PERSON_HEADER)
        if found is not None and meant is not None and meant != str(found[0].pk):
            raise NotAuthenticated("Somebody else is signed in in this browser by now. Sign in again here.")
        return found


class MeantSessionScheme(SessionScheme):
    """For the API's description it is a session like any other."""

    target_class = "api.meant_session.MeantSession"
