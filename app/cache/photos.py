"""Photos in the book, which is encrypted: written with the operation they belong to."""

from sqlalchemy import func, insert, select

from app.cache.lookups import Lookups
from app.cache.tables import photo
from app.station.photos import Photo


class PhotoRows(Lookups):
    """Implements `app.station.photos.PhotoWork`."""

    def add_photos(self, operation: str, photos: tuple[Photo, ...]) -> None:
        """Keep these with an operation that is recorded in this transaction."""
        rows = [
            {
                "operation": operation,
                "place": place,
                "digest": one.digest,
                "kind": one.kind,
                "content": one.content,
            }
            for place, one in enumerate(photos, 1)
        ]
        if rows:
            self.connection.execute(insert(photo), rows)

    def photo_bytes(self) -> int:
        """How much room all of them take."""
        taken = select(func.coalesce(func.sum(func.length(photo.c.content)), 0))
        return int(self.connection.execute(taken).scalar_one())
