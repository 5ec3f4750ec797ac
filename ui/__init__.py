"""The station's window: everything that knows Qt. Stands on `app`, which never looks up here."""
