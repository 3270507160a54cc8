// Three spellings of the same thing: how GitHub's kinds of security alerts become one.

export interface Alert {
  readonly id: string
  readonly severity: string
  readonly summary: string
  readonly affected: readonly { readonly name: string; readonly range: string; readonly fixedIn: string | undefined }[]
}

interface Vulnerability {
  readonly package: { readonly name: string }
  readonly vulnerable_version_range: string
  readonly first_patched_version?: { readonly identifier: string } | null
}

interface Advisory {
  readonly ghsa_id: string
  readonly cve_id?: string | null
  readonly severity: string
  readonly summary: string
}

export function fromDependabot({
  alert,
}: {
  readonly alert: { readonly security_advisory: Advisory; readonly security_vulnerability: Vulnerability }
}): Alert {
  return fromParts(alert.security_advisory, [alert.security_vulnerability])
}

export function fromAdvisory({
  security_advisory: advisory,
}: {
  readonly security_advisory: Advisory & { readonly vulnerabilities: readonly Vulnerability[] }
}): Alert {
  return fromParts(advisory, advisory.vulnerabilities)
}

export function fromRepositoryAlert({
  alert,
}: {
  readonly alert: {
    readonly ghsa_id: string
    readonly severity: string
    readonly affected_package_name: string
    readonly affected_range: string
    readonly fixed_in?: string
    readonly external_identifier?: string
  }
}): Alert {
  return {
    id: alert.external_identifier ?? alert.ghsa_id,
    severity: alert.severity,
    summary: `${alert.affected_package_name} has a known vulnerability.`,
    affected: [{ name: alert.affected_package_name, range: alert.affected_range, fixedIn: alert.fixed_in }],
  }
}

function fromParts(advisory: Advisory, vulnerabilities: readonly Vulnerability[]): Alert {
  return {
    id: advisory.cve_id ?? advisory.ghsa_id,
    severity: advisory.severity,
    summary: advisory.summary,
    affected: vulnerabilities.map((vulnerability) => ({
      name: vulnerability.package.name,
      range: vulnerability.vulnerable_version_range,
      fixedIn: vulnerability.first_patched_version?.identifier,
    })),
  }
}
