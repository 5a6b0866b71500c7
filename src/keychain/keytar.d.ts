declare module '@github/keytar/prebuilds/*' {
  const addon: object
  export default addon
}
