#!/bin/sh
# For any CI system: verifies what a push brought, and leaves reports that most systems show.
#   verify.sh BEFORE AFTER
# AFTER is a commit, or the full name of a tag (refs/tags/v1), which is verified itself with all that it brings. Who may sign
# is said by GITSIGIL_ALLOW (lines of ISSUER SUBJECT) or by the repository's policy.
set -eu
before=$1 after=$2
# What was deleted brings nothing.
case $after in *[!0]*) ;; *) exit 0 ;; esac
case $before in
*[!0]*)
  if git cat-file -e "$before^{commit}" 2>/dev/null; then
    set -- "$before..$after"
  else
    # A force push, or a clone that does not reach so far back.
    echo "verify.sh: $before is not in this clone, so all that $after reaches is verified; a whole clone may have it" >&2
    set -- --history "$after"
  fi
  ;;
# A branch or tag that is new has no state before.
*) set -- --history "$after" ;;
esac
exec gitsigil verify --report junit=gitsigil.xml --report sarif=gitsigil.sarif --report html=gitsigil.html "$@"
