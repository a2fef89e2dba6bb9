"""Who is allowed to do what: the policies of roles, evaluated for each request."""
