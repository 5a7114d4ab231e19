from django.core.management import call_command
from django.db import migrations

TABLE = "catalog_cache"


def create(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {TABLE}")


class Migration(migrations.Migration):
    """The table of the cache that keeps its values in the database."""

    dependencies = [("catalog", "0003_category_figures")]

    operations = [migrations.RunPython(create, drop)]
