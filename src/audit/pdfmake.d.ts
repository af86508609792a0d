/** What we use of pdfmake; the published types bring the browser's DOM into the whole program. */
declare module 'pdfmake' {
  interface Style {
    readonly fontSize?: number;
    readonly bold?: boolean;
    readonly italics?: boolean;
    readonly alignment?: 'left' | 'right';
    readonly margin?: readonly [number, number, number, number];
    readonly lineHeight?: number;
  }

  interface Placed extends Style {
    readonly style?: string;
    readonly width?: number;
  }

  type Content =
    | string
    | (Placed & { readonly text: string; readonly headlineLevel?: number })
    | (Placed & { readonly qr: string; readonly fit: number })
    | (Placed & { readonly stack: readonly Content[] })
    | (Placed & { readonly columns: readonly Content[] })
    | (Placed & { readonly layout: 'noBorders' | 'lightHorizontalLines'; readonly table: Table });

  interface Table {
    readonly headerRows?: number;
    readonly keepWithHeaderRows?: number;
    readonly dontBreakRows?: boolean;
    readonly widths: readonly (number | '*')[];
    readonly body: readonly (readonly Content[])[];
  }

  interface Definition {
    readonly info: { readonly title: string; readonly creationDate: Date };
    readonly pageSize: 'A4';
    readonly pageBreakBefore: (
      node: { readonly headlineLevel?: number },
      page: { getFollowingNodesOnPage: () => readonly unknown[] },
    ) => boolean;
    readonly pageOrientation: 'landscape';
    readonly pageMargins: readonly [number, number, number, number];
    readonly defaultStyle: Style;
    readonly styles: Readonly<Record<string, Style>>;
    readonly footer: (page: number, pages: number) => Content;
    readonly content: readonly Content[];
  }

  type Fonts = Readonly<Record<string, Readonly<Record<string, string>>>>;

  const pdfmake: {
    setFonts(fonts: Fonts): void;
    /** May this address be fetched? */
    setUrlAccessPolicy(mayFetch: (url: string) => boolean): void;
    /** May this file be read? */
    setLocalAccessPolicy(mayRead: (path: string) => boolean): void;
    createPdf(definition: Definition): { getBuffer(): Promise<Uint8Array> };
  };
  export default pdfmake;
  export type { Content, Definition, Fonts };
}
