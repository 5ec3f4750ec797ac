"""Tests of app.importing."""
