from django.db import migrations

SEQUENCE = "catalog_cache_epoch"


class Migration(migrations.Migration):
    """The epochs of what is cached; a sequence goes back in no transaction and after no crash."""

    dependencies = [("catalog", "0004_cache_table")]

    operations = [
        migrations.RunSQL(
            # Taking the first number does not change the last value, which readers look at.
            [f"CREATE SEQUENCE {SEQUENCE}", f"SELECT nextval('{SEQUENCE}')"],
            f"DROP SEQUENCE {SEQUENCE}",
        )
    ]
