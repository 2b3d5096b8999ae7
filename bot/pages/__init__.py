"""Pages that people open on their phone, without a login: the notice, and one's own data by a short-lived link."""
