"""De-identification at the door: DICOM PS3.15 Annex E over datasets and whole files, and the map back, under a key."""
