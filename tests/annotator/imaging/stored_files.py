"""What lies in a store, asked through Django's storage API, whichever kind it is."""

from django.core.files.storage import storages

from annotator.imaging.store.filing import Place, open_place
from annotator.imaging.store.local_folder import STAGING


def names_in(store: str, folder: str = "") -> list[str]:
    """The names of all files of a store; drafts aside."""
    try:
        folders, files = storages[store].listdir(folder)
    except FileNotFoundError:
        return []
    inside = [name for one in folders if one != STAGING for name in names_in(store, f"{folder}{one}/")]
    return sorted([f"{folder}{name}" for name in files] + inside)


def bytes_at(place: Place | str) -> bytes:
    """All that lies at a place, or where an intake's row says that a refused file lies."""
    if isinstance(place, str):
        store, _, name = place.partition("/")
        place = Place(store, name)
    with open_place(place) as file:
        return file.read()
