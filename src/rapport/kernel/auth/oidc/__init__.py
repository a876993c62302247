"""Signing in by an OpenID Connect provider that a workspace trusts."""
