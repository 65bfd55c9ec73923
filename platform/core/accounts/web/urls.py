"""Addresses of accounts and organisations."""

from django.urls import path

from core.accounts.web import organisations, security, sign_on, views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("sign-up/", views.sign_up, name="sign_up"),
    path("profile/", views.edit_profile, name="profile"),
    path("switch/", views.switch, name="switch"),
    path("password/", views.ChangePassword.as_view(), name="change_password"),
    path("password/reset/", views.ResetPassword.as_view(), name="reset_password"),
    path("password/reset/sent/", views.reset_sent, name="reset_sent"),
    path("password/reset/<uidb64>/<token>/", views.NewPassword.as_view(), name="new_password"),
    path("sign-in/code/", security.sign_in_code, name="sign_in_code"),
    path("sign-on/", sign_on.begin, name="sign_on"),
    path("sign-on/answer/", sign_on.answered, name="sign_on_answered"),
    path("sign-on/link/", sign_on.link, name="link_sign_on"),
    path("sign-on/confirm/", sign_on.confirm, name="confirm_by_sign_on"),
    path("security/sign-ons/<uuid:pk>/unlink/", sign_on.unlink, name="unlink_sign_on"),
    path("confirm/", security.confirm, name="confirm"),
    path("security/", security.security, name="security"),
    path("security/authenticator/", security.authenticator, name="authenticator"),
    path("security/authenticator/remove/", security.remove_authenticator, name="remove_authenticator"),
    path("security/codes/", security.new_codes, name="new_codes"),
    path("security/sessions/<uuid:pk>/end/", security.end_session, name="end_session"),
    path("security/sessions/end/", security.end_other_sessions, name="end_other_sessions"),
    path("security/close/", security.close_account, name="close_account"),
    path("members/<uuid:pk>/leave/", security.leave_organisation, name="leave_organisation"),
    path("organisations/<uuid:pk>/second-factor/", security.ask_second_factor, name="ask_second_factor"),
    path("organisations/<uuid:pk>/merge/", security.merge_organisation, name="merge_organisation"),
    path("invitations/<str:token>/", views.accept_invitation, name="accept_invitation"),
    path("organisations/", organisations.list_organisations, name="organisations"),
    path("organisations/new/", organisations.register_organisation, name="register_organisation"),
    path("organisations/<uuid:pk>/", organisations.organisation_page, name="organisation"),
    path("organisations/<uuid:pk>/edit/", organisations.edit_organisation, name="edit_organisation"),
    path("organisations/<uuid:pk>/resubmit/", organisations.resubmit_organisation, name="resubmit_organisation"),
    path("organisations/<uuid:pk>/verify/", organisations.verify_organisation, name="verify_organisation"),
    path("organisations/<uuid:pk>/reject/", organisations.reject_organisation, name="reject_organisation"),
    path("organisations/<uuid:pk>/suspend/", organisations.suspend_organisation, name="suspend_organisation"),
    path("organisations/<uuid:pk>/restore/", organisations.restore_organisation, name="restore_organisation"),
    path("organisations/<uuid:pk>/invite/", organisations.invite_member, name="invite_member"),
    path("organisations/<uuid:pk>/clients/new/", organisations.create_client, name="create_client"),
    path("members/", organisations.list_members, name="members"),
    path("members/<uuid:pk>/roles/", organisations.set_roles, name="set_roles"),
    path("members/<uuid:pk>/remove/", organisations.remove_member, name="remove_member"),
    path("invitations/<uuid:pk>/withdraw/", organisations.withdraw_invitation, name="withdraw_invitation"),
    path("clients/<uuid:pk>/revoke/", organisations.revoke_client, name="revoke_client"),
]
