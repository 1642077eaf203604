#!/usr/bin/env bash
# Installs the Debian packages of a list, as far as they are missing. Without apt, or without the right to use
# it, says what to install instead; the Python side then works alone.
# usage: bash r/install-debian.sh LIST
set -eu
list=$1
mapfile -t packages < <(sed 's/#.*//; s/[[:space:]]//g; /^$/d' "$list")
missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$state" = "install ok installed" ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }; then
  echo "installing Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
elif command -v Rscript >/dev/null; then
  wanted='"reticulate", "jsonlite", "yaml", "ggplot2", "testthat", "roxygen2", "lintr", "IRkernel"'
  Rscript -e "gone <- setdiff(c($wanted), rownames(installed.packages()));
    if (length(gone)) cat('R is here, but misses packages; in R, run: install.packages(c(',
      paste(dQuote(gone, FALSE), collapse = ', '), '))\n', sep = '')"
else
  echo "R is not installed, so only the Python side will run; install R 4.2 or newer and the packages of $list"
fi
