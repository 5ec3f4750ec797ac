"""One file per page, named like `app.station.screen.Page`."""
