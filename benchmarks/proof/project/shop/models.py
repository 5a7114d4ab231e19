"""What the shop sells, and what it has sold."""

from django.db import models


class Category(models.Model):
    """A kind of product."""

    name = models.CharField(max_length=40)
    id = models.BigAutoField(primary_key=True)


class Product(models.Model):
    """Something to buy."""

    name = models.CharField(max_length=40)
    price = models.IntegerField()
    category = models.ForeignKey(Category, on_delete=models.CASCADE)
    id = models.BigAutoField(primary_key=True)


class Sale(models.Model):
    """So many of a product, sold on a day."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    quantity = models.IntegerField()
    day = models.IntegerField()
    id = models.BigAutoField(primary_key=True)
