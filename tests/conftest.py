"""Fixtures of the whole suite; each concern has its file in tests/fixtures."""

pytest_plugins = [
    "tests.fixtures.loopback_only",
    "tests.fixtures.real_images",
    "tests.fixtures.no_silent_skips",
    "tests.fixtures.people",
    "tests.fixtures.queued_jobs",
    "tests.fixtures.backing_services",
    "tests.fixtures.stores",
    "tests.fixtures.product",
    "tests.fixtures.browser",
    "tests.fixtures.process_groups",
    "tests.fixtures.what_needs_a_database",
    "tests.fixtures.emptied_tables",
    "tests.fixtures.patient_properties",
]
