"""Mails alerts by the shop's mail server, each once."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate

from pos_desktop.config import MailSettings
from pos_desktop.database.keeper_alerts import Alert
from pos_desktop.errors import EnvironmentProblem, add_messages
from pos_desktop.secret_store import kept_secret
from pos_desktop.services.keeper_words import alert_words

SECONDS = 15.0
PORTS = {"starttls": 587, "tls": 465, "none": 25}
_NAMES = {"warning": "Warning", "alarm": "ALARM"}

add_messages(
    {
        "mail.unsent": (
            "The mail server {server} did not take the mail ({reason}).\n"
            "Check the mail settings of the keeper; it tries again in a minute."
        ),
    }
)


def mail_of(alerts: Sequence[Alert], settings: MailSettings) -> EmailMessage:
    """One mail about these alerts, the worst one in its subject. Sent twice, it carries the same id."""
    worst = min(alerts, key=lambda alert: (alert.severity, alert.id))
    more = f" (and {len(alerts) - 1} more)" if len(alerts) > 1 else ""
    message = EmailMessage()
    message["Subject"] = _line(f"{_NAMES[worst.severity]}: {alert_words(worst)[0]}{more}")
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.to)
    message["Date"] = formatdate()
    first, last = alerts[0], alerts[-1]
    domain = settings.sender.rpartition("@")[2]
    message["Message-ID"] = f"<alerts-{first.id}-{last.id}-{int(first.raised_at.timestamp())}@{domain}>"
    message.set_content("\n\n".join(_paragraph(alert) for alert in alerts) + "\n")
    return message


def send(message: EmailMessage, settings: MailSettings) -> tuple[str, ...]:
    """Hand the mail to the server; the addresses it refused. EnvironmentProblem when it takes it for none."""
    host, _, port = settings.server.rpartition(":") if ":" in settings.server else (settings.server, "", "")
    number = int(port or PORTS[settings.security])
    try:
        with _connected(settings.security, host.strip("[]"), number) as server:
            if settings.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.login and settings.password_file:
                server.login(settings.login, kept_secret(settings.password_file))
            refused = server.send_message(message, settings.sender, list(settings.to))
    except (OSError, smtplib.SMTPException) as error:
        raise EnvironmentProblem("mail.unsent", server=settings.server, reason=_line(str(error))) from error
    return tuple(refused)


def _connected(security: str, host: str, port: int) -> smtplib.SMTP:
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=SECONDS)


def _paragraph(alert: Alert) -> str:
    what, todo = alert_words(alert)
    over = f"; over at {alert.cleared_at:%H:%M} UTC" if alert.cleared_at else ""
    when = f"{alert.raised_at:%Y-%m-%d %H:%M} UTC{over}"
    return f"{_NAMES[alert.severity]}: {_line(what)}\n{_line(todo)}\n({alert.kind}, {when})"


def _line(text: str) -> str:
    """On one line: a name from the database puts no header into a mail."""
    return " ".join(text.split())[:300]
