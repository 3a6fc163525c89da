# Checks the name of the branch, where a hotfix starts, that the sources have owners, and that a
# commit on a protected branch was made by the repository's host, as a merge of a pull request is.
#
# BRANCH     the branch; empty where it is found out from the history
# NAMES      extended regular expressions, one a line, of which one must fit the whole name
# PROTECTED  protected branches, one a line
# HOTFIXES   1 where a branch hotfix/… must not carry what develop has and main has not
# TAGS       1 where a tag starts the pipeline: its commit must be on a protected branch
# KEYS       the host's OpenPGP keys, or the https address where they are; empty for no such check
# SINCE      a commit after which all commits of the branch are checked, not only the last
set -euo pipefail

refused=0
refuse() {
  printf 'refused: %s\n    fix: %s\n' "$1" "$2" >&2
  refused=1
}

has_history() { git rev-parse --verify --quiet HEAD >/dev/null 2>&1; }
known() { git rev-parse --verify --quiet "origin/$1^{commit}" >/dev/null; }
is_protected() { [ -n "$1" ] && grep -qxF -- "$1" <<<"$PROTECTED"; }

find_branch() {
  local name
  while read -r name; do
    if [ -n "$name" ] && known "$name" && git merge-base --is-ancestor HEAD "origin/$name"; then
      printf '%s' "$name"
      return
    fi
  done <<<"$PROTECTED"
  git for-each-ref --points-at HEAD --format='%(refname:lstrip=3)' refs/remotes/origin |
    grep -vx HEAD | head -n 1 || true
}

check_name() {
  local pattern
  [ -n "$NAMES" ] || return 0
  while read -r pattern; do
    [[ $BRANCH =~ ^($pattern)$ ]] && return 0
  done <<<"$NAMES"
  refuse "branch '$BRANCH' is named like none of $(paste -sd ' ' <<<"$NAMES")" \
    "git branch -m $BRANCH NAME, and open the pull request anew"
}

check_hotfix() {
  [[ $HOTFIXES = 1 && $BRANCH = hotfix/* ]] || return 0
  if ! known main || ! known develop; then
    refuse "main and develop are not in the history" "fetch them, or name the branches so"
    return
  fi
  local foreign
  foreign=$(comm -12 <(git rev-list HEAD ^origin/main | sort) \
    <(git rev-list origin/develop ^origin/main | sort) | wc -l)
  if [ "$foreign" -gt 0 ]; then
    refuse "hotfix '$BRANCH' carries $foreign commits of develop that main has not" \
      "start it at main: git rebase --onto origin/main origin/develop $BRANCH"
  fi
}

check_owners() {
  local file rule
  rule='^[[:space:]]*\*[[:space:]]+(@|[^[:space:]#]+@)'
  for file in .github/CODEOWNERS .gitlab/CODEOWNERS .bitbucket/CODEOWNERS CODEOWNERS docs/CODEOWNERS; do
    if [ -f "$file" ]; then
      grep -qE "$rule" "$file" ||
        refuse "$file names nobody for everything" "write a first line '* @owner'"
      return
    fi
  done
  refuse "there is no CODEOWNERS file" "write one with a first line '* @owner'"
}

import_keys() {
  GNUPGHOME=$(mktemp -d)
  export GNUPGHOME
  chmod 700 "$GNUPGHOME"
  # Without an agent: public keys need none, and it would outlive the build.
  case $KEYS in
  https://*) curl --fail --silent --show-error --proto '=https' "$KEYS" ;;
  *) printf '%s\n' "$KEYS" ;;
  esac | gpg --batch --quiet --no-autostart --import
}

check_merges() {
  local commit commits status
  import_keys
  commits=$(git rev-parse HEAD)
  if [ -n "$SINCE" ]; then
    if ! git merge-base --is-ancestor "$SINCE" HEAD 2>/dev/null; then
      refuse "commit '$SINCE' is not in the history of '$BRANCH'" "name another in review: {since}"
      return
    fi
    commits=$(git rev-list --first-parent "$SINCE..HEAD")
  fi
  for commit in $commits; do
    # The keyring holds the host's keys alone, so a good signature is the host's.
    status=$(git verify-commit --raw "$commit" 2>&1) || true
    grep -q '^\[GNUPG:\] GOODSIG ' <<<"$status" && continue
    refuse "commit $(git log -1 --format='%h of %an' "$commit") was not made by the host" \
      "revert it, and bring the change in by a pull request"
  done
}

if [ -n "$KEYS$TAGS" ] || [ -z "$BRANCH" ]; then
  if ! has_history; then
    refuse "the sources come without their history" "let the source action make a full clone"
    exit 1
  fi
fi
if [ -z "$BRANCH" ]; then
  BRANCH=$(find_branch)
  [ -n "$BRANCH" ] || refuse "no branch has this commit" "push it to one"
fi
if [ "$TAGS" = 1 ] && ! is_protected "$BRANCH"; then
  refuse "the tagged commit is on no protected branch" "merge it first, and tag the merge"
fi
check_name
has_history && check_hotfix
if [ -n "$KEYS" ]; then
  check_owners
  is_protected "$BRANCH" && check_merges
fi
[ "$refused" = 0 ] && echo "branch '$BRANCH' is as it should be"
exit "$refused"
