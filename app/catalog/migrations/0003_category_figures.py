import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_product_name_trigrams'),
    ]

    operations = [
        migrations.CreateModel(
            name='CategoryFigures',
            fields=[
                ('category', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='figures', serialize=False, to='catalog.category')),
                ('products', models.PositiveIntegerField()),
                ('average_price', models.DecimalField(decimal_places=20, max_digits=40, null=True)),
                ('reviews', models.PositiveIntegerField()),
                ('average_rating', models.DecimalField(decimal_places=20, max_digits=40, null=True)),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'category figures',
            },
        ),
    ]
