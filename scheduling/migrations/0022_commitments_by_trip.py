from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0021_when_answers_were_accepted")]

    operations = [
        migrations.AddIndex(
            model_name="guidecommitment",
            index=models.Index(fields=["trip_id", "starts_at"], name="guide_commitments_by_trip"),
        ),
    ]
