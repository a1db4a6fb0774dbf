"""How a process of its own gets ready to plan. Nothing of Django is imported before it is set up."""


def get_ready(database: str) -> None:
    """Set Django up on the database of that name, which is the one of whoever started this process."""
    import django  # noqa: PLC0415 (a spawned process imports this module before anything is configured)

    django.setup()
    from django.db import connection  # noqa: PLC0415 (the settings come first)

    connection.settings_dict["NAME"] = database
