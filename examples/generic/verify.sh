#!/bin/sh
# For any CI system: verifies what lies between two revisions, and leaves reports that most systems show.
#   verify.sh BEFORE AFTER
# Who may sign is said by GITSIGIL_ALLOW (lines of ISSUER SUBJECT) or by the repository's policy.
set -eu
before=$1 after=$2
# A branch that is new has no state before.
case $before in *[!0]*) range=$before..$after ;; *) range=--all ;; esac
exec gitsigil verify --report junit=gitsigil.xml --report sarif=gitsigil.sarif --report html=gitsigil.html "$range"
