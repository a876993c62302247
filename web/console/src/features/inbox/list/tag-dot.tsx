import classes from './list.module.css'

/** The colour of a tag; its name stands beside it. */
export const TagDot = ({ colour }: { colour: string }) => (
  <span className={classes.dot} style={{ background: colour }} aria-hidden />
)
