"""Tests of app.labels."""
