from django.db import migrations

# A document is unpacked and packed again at each write. PostgreSQL's own compression takes longer for that than all else
# of a write; lz4 takes a tenth, where the server was built with it. Elsewhere documents are stored as they are.
# Stored documents are packed anew when they are written next.
FAST = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)) THEN
        ALTER TABLE scheduling.daily_schedules ALTER COLUMN assignments SET COMPRESSION lz4;
    ELSE
        ALTER TABLE scheduling.daily_schedules ALTER COLUMN assignments SET STORAGE EXTERNAL;
    END IF;
END $$
"""
AS_BEFORE = """
ALTER TABLE scheduling.daily_schedules
    ALTER COLUMN assignments SET STORAGE EXTENDED, ALTER COLUMN assignments SET COMPRESSION default
"""


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0027_edits_in_place'),
    ]

    operations = [
        migrations.RunSQL(FAST, AS_BEFORE),
    ]
