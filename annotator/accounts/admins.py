"""The house always keeps an admin: without one nobody could give anybody a right again."""

from annotator.accounts.errors import ConflictError
from annotator.accounts.models import Role, User


def check_another_admin_stays(user: User) -> None:
    """Let a change pass that takes the admin's rights from `user`. Call it inside the transaction of the change.

    Raises
    ------
    ConflictError : `user` is the last active admin.
    """
    # Locking all admins lets two of them not demote each other at the same moment.
    admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).order_by("pk")
    if {admin.pk for admin in admins} == {user.pk}:
        raise ConflictError(f"{user.username} is the last admin. Make somebody else an admin first.")
