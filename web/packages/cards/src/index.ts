/** Cards without a framework: from what the server sends to what is drawn, with every address made safe. */
export type { Card, Fact, Field, Item, Scalar, Source, Step } from './card'
export { type CardView, type FieldView, type LinkView, type Shape, safeHref, safeImage, viewOf } from './view'
