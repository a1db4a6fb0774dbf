import datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0018_mend_unreadable_rows'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='departurealias',
            constraint=models.CheckConstraint(condition=models.Q(('schedule_date__isnull', True), ('schedule_date__range', (datetime.date(1970, 1, 1), datetime.date(9000, 1, 1))), _connector='OR'), name='departure_aliases_have_readable_dates'),
        ),
        migrations.AddConstraint(
            model_name='guidecommitment',
            constraint=models.CheckConstraint(condition=models.Q(('schedule_date__isnull', True), ('schedule_date__range', (datetime.date(1970, 1, 1), datetime.date(9000, 1, 1))), _connector='OR'), name='guide_commitments_have_readable_dates'),
        ),
        migrations.AddConstraint(
            model_name='guidecommitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('starts_at__isnull', True), ('starts_at__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR'), models.Q(('ends_at__isnull', True), ('ends_at__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR')), name='guide_commitments_have_readable_times'),
        ),
        migrations.AddConstraint(
            model_name='hazard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('starts_at__isnull', True), ('starts_at__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR'), models.Q(('ends_at__isnull', True), ('ends_at__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR'), models.Q(('released_at__isnull', True), ('released_at__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR'), models.Q(('recorded_at__isnull', True), ('recorded_at__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR')), name='hazards_have_readable_times'),
        ),
        migrations.AddConstraint(
            model_name='hazard',
            constraint=models.CheckConstraint(condition=models.Q(models.Func(models.F('trail_ids'), output_field=models.BooleanField(), template='(jsonb_typeof(%(expressions)s) = \'array\' AND NOT jsonb_path_exists(%(expressions)s, \'strict $[*] ? (@.type() != "string" || !(@ like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" flag "i"))\'))'), models.Func(models.F('guide_ids'), output_field=models.BooleanField(), template='(jsonb_typeof(%(expressions)s) = \'array\' AND NOT jsonb_path_exists(%(expressions)s, \'strict $[*] ? (@.type() != "string" || !(@ like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" flag "i"))\'))')), name='hazards_have_readable_ids'),
        ),
        migrations.AddConstraint(
            model_name='hazard',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['WILDLIFE', 'WEATHER', 'EMERGENCY'])), name='hazards_are_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='hazard',
            constraint=models.CheckConstraint(condition=models.Q(models.Func(models.F('description'), output_field=models.BooleanField(), template='(length(%(expressions)s) <= 4000)')), name='hazards_are_in_short'),
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.CheckConstraint(condition=models.Q(('participant_count__lte', 1000)), name='reservations_are_for_a_group'),
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.CheckConstraint(condition=models.Q(('trip_date__isnull', True), ('trip_date__range', (datetime.date(1970, 1, 1), datetime.date(9000, 1, 1))), _connector='OR'), name='reservations_have_readable_dates'),
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('event_time__isnull', True), ('event_time__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR'), models.Q(('booked_at__isnull', True), ('booked_at__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR'), models.Q(('recorded_at__isnull', True), ('recorded_at__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR'), models.Q(('try_again_at__isnull', True), ('try_again_at__range', (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), _connector='OR')), name='reservations_have_readable_times'),
        ),
    ]
