"""Tests of app.gs1."""
