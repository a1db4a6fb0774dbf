"""Give the conflicts that are there already a history: when they were found, and how they ended."""

from django.db import migrations

FOUND = """
    INSERT INTO conflict_events (conflict_id, fingerprint, kind, by, occurred_at, facts)
    SELECT conflict_id, details ->> 'fingerprint', 'DETECTED', '', detected_at,
        jsonb_build_object('severity', details -> 'severity', 'description', details -> 'description')
    FROM schedule_conflicts
    WHERE details ? 'fingerprint' AND details ? 'severity' AND details ? 'description'
    ORDER BY detected_at, conflict_id
"""
ENDED = """
    INSERT INTO conflict_events (conflict_id, fingerprint, kind, by, occurred_at, facts)
    SELECT resolution.conflict_id, details ->> 'fingerprint',
        CASE WHEN acceptance.id IS NOT NULL THEN 'ACCEPTED'
             WHEN resolution.status = 'FAILED' THEN 'FAILED'
             WHEN resolution.strategy = '' THEN 'CLEARED'
             ELSE 'RESOLVED' END,
        CASE WHEN resolution.strategy = '' THEN '' ELSE resolution.resolved_by END,
        resolution.resolved_at,
        CASE WHEN acceptance.id IS NOT NULL THEN jsonb_build_object(
                 'severity', acceptance.severity, 'expires_at', acceptance.expires_at, 'notes', acceptance.reason)
             WHEN resolution.status = 'FAILED' THEN jsonb_build_object(
                 'strategy', resolution.strategy, 'reason', resolution.notes)
             WHEN resolution.strategy = '' THEN jsonb_build_object(
                 'reason', regexp_replace(resolution.notes, '^cleared: ', ''))
             ELSE jsonb_build_object('strategy', resolution.strategy, 'notes', resolution.notes,
                 'description', 'applied.', 'is_override', resolution.is_override) END
    FROM conflict_resolutions resolution
    JOIN schedule_conflicts USING (conflict_id)
    LEFT JOIN risk_acceptances acceptance
        ON acceptance.conflict_id = resolution.conflict_id AND resolution.status <> 'FAILED'
    WHERE details ? 'fingerprint' AND details ? 'severity' AND details ? 'description'
    ORDER BY resolution.resolved_at, resolution.id
"""


class Migration(migrations.Migration):
    dependencies = [("conflicts", "0004_conflict_events")]

    # The rows go with their table where that is undone.
    operations = [migrations.RunSQL(FOUND, migrations.RunSQL.noop), migrations.RunSQL(ENDED, migrations.RunSQL.noop)]
