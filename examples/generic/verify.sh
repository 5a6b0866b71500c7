#!/bin/sh
# For any CI system: verifies what a push brought, and never less, says what it takes for that, and leaves reports that most
# systems show.
#   verify.sh BEFORE AFTER [MAIN [OPTION...]]
# BEFORE is where the branch or tag was, a full id: zeros, or nothing, where it is new. AFTER is the full id of a commit, or the
# full name of a tag (refs/tags/v1), which is verified itself with all that it brings. MAIN is the full name of a branch that
# is verified itself, such as refs/remotes/origin/main: what is new is what it does not have. Leave it empty where the push is
# to it. Short names are refused: a tag may have the same, and be anybody's. Options are those of gitsigil verify, in the place
# of these reports. Who may sign is said by GITSIGIL_ALLOW (lines of ISSUER SUBJECT) or by the repository's policy.
set -eu
before=$1 after=$2 main=${3:-}
if [ $# -gt 3 ]; then
  shift 3
else
  set -- --report junit=gitsigil.xml --report sarif=gitsigil.sarif --report html=gitsigil.html
fi
export GIT_TERMINAL_PROMPT=0

tell() {
  printf 'verify.sh: %s\n' "$*" >&2
}

refuse() {
  tell "$*"
  exit 2
}

is_id() {
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ ${#1} -eq 40 ] || [ ${#1} -eq 64 ]
}

commit_of() {
  git rev-parse --quiet --verify "$1^{commit}"
}

# Whether the commit is here, or can be had: a shallow clone lacks what is below it, any clone what a force push took away.
bring() {
  if commit_of "$1" >/dev/null; then return 0; fi
  is_id "$1" || return 1
  if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
    git fetch --quiet --no-tags --unshallow origin 2>/dev/null || :
  fi
  if commit_of "$1" >/dev/null; then return 0; fi
  git fetch --quiet --no-tags origin "$1" 2>/dev/null && commit_of "$1" >/dev/null
}

case $after in
refs/tags/*) git check-ref-format "$after" || refuse "not the name of a tag: '$after'" ;;
*) is_id "$after" || refuse "neither a full id nor refs/tags/NAME: '$after'" ;;
esac
[ -z "$before" ] || is_id "$before" || refuse "not a full id: '$before'"
case $main in
'' | refs/*) ;;
*) refuse "not a full name, such as refs/remotes/origin/main: '$main'" ;;
esac
case $after in
*[!0]*) ;;
*)
  tell 'what was deleted brings nothing'
  exit 0
  ;;
esac
bring "$after" || :
why='there is no state before'
case $before in
*[!0]*)
  if bring "$before"; then
    start=$(commit_of "$before")
    tell "verifies what $after has and $start had not"
    exec gitsigil verify "$@" -- "$start..$after"
  fi
  why="$before is not here and could not be fetched"
  ;;
esac
# Where that very ref is not there, Git would take a tag of this name.
if [ -n "$main" ] && git show-ref --quiet --verify "$main" && start=$(commit_of "$main"); then
  tell "$why: verifies what $after has and $main has not"
  exec gitsigil verify "$@" -- "$start..$after"
fi
tell "$why: verifies all that $after has"
exec gitsigil verify "$@" --history "$after"
