"""Initialization of a planning process. Nothing of Django is imported before it is set up."""


def initialize_process(database: str) -> None:
    """Set up Django on the database of that name, the parent process's."""
    import django  # noqa: PLC0415 (a spawned process imports this module before anything is configured)

    django.setup()
    from django.db import connection  # noqa: PLC0415 (the settings come first)

    connection.settings_dict["NAME"] = database
