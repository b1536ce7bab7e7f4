// The settings of the plugin, as JupyterLab keeps them.

export interface Settings {
  /** views appear under cells by themselves */
  auto: boolean;
  badges: boolean;
  theme: "auto" | "light" | "dark";
  /** messages a second to each view at most */
  rate: number;
}

export const OFF: Settings = { auto: true, badges: true, theme: "auto", rate: 20 };

interface Loaded {
  composite: Readonly<Record<string, unknown>>;
  changed: { connect(slot: () => void): boolean };
}

export interface SettingRegistry {
  load(plugin: string): Promise<Loaded>;
}

/** Tell the settings now and whenever they change. */
export async function watchSettings(registry: SettingRegistry, plugin: string, tell: (settings: Settings) => void): Promise<void> {
  const loaded = await registry.load(plugin);
  const read = (): void => {
    const { autoView, badges, theme, rate } = loaded.composite;
    tell({
      auto: autoView !== false, badges: badges !== false, theme: theme === "light" || theme === "dark" ? theme : "auto",
      rate: typeof rate === "number" ? rate : OFF.rate,
    });
  };
  loaded.changed.connect(read);
  read();
}
