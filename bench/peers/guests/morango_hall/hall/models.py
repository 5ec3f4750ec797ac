"""A move of stock as morango replicates it."""

from django.db import models
from morango.models.core import SyncableModel


class Move(SyncableModel):
    """What one of our operations says, as columns."""

    morango_profile = "hall"
    morango_model_name = "move"

    kind = models.CharField(max_length=16)
    item = models.CharField(max_length=32)
    quantity = models.IntegerField()
    source = models.CharField(max_length=32)
    target = models.CharField(max_length=32)
    captured_at = models.CharField(max_length=32)
    site = models.CharField(max_length=32)

    def calculate_source_id(self):
        return None

    def calculate_partition(self):
        return f"{self.site}:move"
