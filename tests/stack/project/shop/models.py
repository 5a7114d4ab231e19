from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=40)
    id = models.BigAutoField(primary_key=True)

    def __str__(self) -> str:
        return self.name
