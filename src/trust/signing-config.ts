// Signing config v0.2: which services an instance signs with, and how to choose among them at a given time.
import { Fault, malformed } from '../errors.ts'
import {
  int64Of,
  type JsonObject,
  objectsOf,
  optionalObject,
  optionalText,
  optionalWindow,
  parseDocument,
  textOf,
} from './json.ts'
import { isWithin, type Window } from './window.ts'

export interface ServiceOffer {
  /** Base URL; of a timestamp authority the full endpoint. */
  readonly url: string
  /** 0 for one that has not been released. */
  readonly majorApiVersion: number
  readonly validFor: Window
  readonly operator: string
}

/** `exact` takes `count` services, each of another operator. */
export type Selection = { readonly selector: 'all' | 'any' } | { readonly selector: 'exact'; readonly count: number }

export interface SigningConfig {
  readonly cas: readonly ServiceOffer[]
  readonly oidcIssuers: readonly ServiceOffer[]
  readonly logs: readonly ServiceOffer[]
  readonly logSelection: Selection
  readonly timestampAuthorities: readonly ServiceOffer[]
  readonly timestampSelection: Selection
}

/** What to sign with. Logs share one API version; so do timestamp authorities. */
export interface ChosenServices {
  readonly ca: ServiceOffer
  readonly oidc: ServiceOffer
  /** At least one. */
  readonly logs: readonly ServiceOffer[]
  /** Empty where the config lists none at all. */
  readonly timestampAuthorities: readonly ServiceOffer[]
}

const WHAT = 'signing config'
const MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json'
/** Major API versions that our clients speak. */
const SUPPORTED = { ca: [1], oidc: [1], log: [1, 2], tsa: [1] } as const

/** Throws `parse`. */
export function parseSigningConfig(bytes: Uint8Array): SigningConfig {
  const config = parseDocument(bytes, WHAT)
  if (textOf(config, 'mediaType') !== MEDIA_TYPE) throw malformed(WHAT, 'unknown media type')
  const offers = (name: string): readonly ServiceOffer[] => objectsOf(config, name).map(parseOffer)
  return {
    cas: offers('caUrls'),
    oidcIssuers: offers('oidcUrls'),
    logs: offers('rekorTlogUrls'),
    logSelection: parseSelection(optionalObject(config, 'rekorTlogConfig')),
    timestampAuthorities: offers('tsaUrls'),
    timestampSelection: parseSelection(optionalObject(config, 'tsaConfig')),
  }
}

/**
 * The services to use at `now` (milliseconds).
 * @param options logVersions narrows the log's API versions, for who asked for one
 * @throws `config` where too few services are valid, supported and of distinct operators
 */
export function chooseServices(
  config: SigningConfig,
  now: number,
  options: { readonly logVersions?: readonly number[] } = {},
): ChosenServices {
  const offered = config.timestampAuthorities
  return {
    ca: chooseOne('certificate authority', config.cas, SUPPORTED.ca, now),
    oidc: chooseOne('OIDC issuer', config.oidcIssuers, SUPPORTED.oidc, now),
    logs: choose('log', config.logs, options.logVersions ?? SUPPORTED.log, now, config.logSelection),
    timestampAuthorities:
      offered.length === 0 ? [] : choose('timestamp authority', offered, SUPPORTED.tsa, now, config.timestampSelection),
  }
}

function chooseOne(
  what: string,
  offers: readonly ServiceOffer[],
  versions: readonly number[],
  now: number,
): ServiceOffer {
  const [first] = candidates(offers, versions, now)
  if (first === undefined) throw tooFew(what)
  return first
}

function choose(
  what: string,
  offers: readonly ServiceOffer[],
  versions: readonly number[],
  now: number,
  selection: Selection,
): readonly ServiceOffer[] {
  const operators = new Set<string>()
  const distinct = candidates(offers, versions, now).filter(({ operator }) => {
    const isNew = !operators.has(operator)
    operators.add(operator)
    return isNew
  })
  const wanted = selection.selector === 'exact' ? selection.count : 1
  if (distinct.length < wanted) throw tooFew(what)
  return selection.selector === 'all' ? distinct : distinct.slice(0, wanted)
}

/** Valid ones of the newest supported version, the newest start first, else in the config's order. */
function candidates(
  offers: readonly ServiceOffer[],
  versions: readonly number[],
  now: number,
): readonly ServiceOffer[] {
  const usable = offers.filter((offer) => versions.includes(offer.majorApiVersion) && isWithin(offer.validFor, now))
  const newest = Math.max(...usable.map((offer) => offer.majorApiVersion))
  return usable.filter((offer) => offer.majorApiVersion === newest).sort((a, b) => b.validFor.start - a.validFor.start)
}

function tooFew(what: string): Fault {
  return new Fault(
    'config',
    `the signing config offers too few services of kind ${what} that are valid now and supported`,
  )
}

function parseOffer(offer: JsonObject): ServiceOffer {
  const url = textOf(offer, 'url')
  if (!URL.canParse(url)) throw malformed(offer.what, 'url is not a URL')
  const { start, end } = optionalWindow(offer, 'validFor') ?? {}
  if (start === undefined) throw malformed(offer.what, 'no start of validity')
  return {
    url,
    majorApiVersion: Number(int64Of(offer, 'majorApiVersion')),
    validFor: end === undefined ? { start } : { start, end },
    operator: optionalText(offer, 'operator') ?? '',
  }
}

function parseSelection(selection: JsonObject | undefined): Selection {
  const selector = selection && optionalText(selection, 'selector')
  if (selection === undefined || selector === undefined || selector === 'ANY') return { selector: 'any' }
  if (selector === 'ALL') return { selector: 'all' }
  const count = Number(int64Of(selection, 'count'))
  if (selector !== 'EXACT' || count === 0) throw malformed(selection.what, 'bad selector or count')
  return { selector: 'exact', count }
}
