"""Addresses of accounts, below /api/auth/."""

from django.urls import path

from app.accounts.views import LoginView, LogoutView, MeView, PasswordView, RefreshView

urlpatterns = [
    path("login/", LoginView.as_view(), name="login"),
    path("refresh/", RefreshView.as_view(), name="refresh"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", PasswordView.as_view(), name="password"),
    path("me/", MeView.as_view(), name="me"),
]
